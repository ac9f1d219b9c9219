/** How many includes may be inside each other. */
export const deepestInclude = 5;
