/** The widths of charts in CSS pixels: a phone shows the narrow ones whole, at their own size. */
export const chartWidth = { narrow: 352, wide: 720 } as const;
