export const PATCHERS = {};
