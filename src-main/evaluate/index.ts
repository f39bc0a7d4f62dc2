/** Ground truth and metrics. */
export { leaveOneOut } from './leave-one-out.ts';
export { verifyReference } from './reference.ts';
