/** Ground truth and metrics. */
export { type LeaveOneOut, leaveOneOut } from './leave-one-out.ts';
export { verifyReference } from './reference.ts';
