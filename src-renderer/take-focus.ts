/**
 * Gives the focus to a view's title when what had it is gone with the view before, so that keys and screen readers
 * go on from there.
 */
export function takeFocus(title: HTMLElement): void {
  if (document.activeElement !== document.body) return;
  // A title takes the focus from here only, and not from Tab.
  title.tabIndex = -1;
  title.focus();
}

/** Gives the focus to what takes the place of what had it. */
export function takeFieldFocus(field: HTMLElement): void {
  field.focus();
}
