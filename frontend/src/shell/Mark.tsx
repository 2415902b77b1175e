/** The sign of the house: two inputs, three units, one output. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <path
        class="mark-lines"
        d="M8 10 16 7M8 10l8 6M8 10l8 15M8 22 16 7M8 22l8-6M8 22l8 3M16 7l8 9M16 16h8M16 25l8-9"
      />
      <g class="mark-dots">
        <circle cx="8" cy="10" r="2.6" />
        <circle cx="8" cy="22" r="2.6" />
        <circle cx="16" cy="7" r="2.6" />
        <circle cx="16" cy="16" r="2.6" />
        <circle cx="16" cy="25" r="2.6" />
        <circle cx="24" cy="16" r="3.4" />
      </g>
    </svg>
  );
}
