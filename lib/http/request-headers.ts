/** Header in which the server process tells the pages the path that was asked for; no client can set it. */
export const pathHeader = "x-stemma-path";
