/** The file that was chosen; the input forgets it, so that the same file can be chosen again once it is corrected. */
export function chosen(input: HTMLInputElement): File | undefined {
  const file = input.files?.[0];
  input.value = "";
  return file;
}
