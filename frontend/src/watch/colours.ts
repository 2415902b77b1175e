/** The colour of the n-th job, by the name of its custom property; a table tells jobs apart that share one. */
export const colourOf = (index: number) => `series-${(index % 6) + 1}`;
