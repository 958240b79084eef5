/**
 * The accessibility attributes WeChat passes on to screen readers (base library ≥ 2.7.1).
 *
 * Anything else that starts with `aria-` is a spelling mistake: WeChat drops it without a word,
 * the preview refuses it. `aria-role` becomes `role`, the rest keep their names.
 */

/** Names without the prefix `aria-`. */
export const ARIA = Object.freeze([
  'activedescendant', 'atomic', 'autocomplete', 'busy', 'checked', 'colcount', 'colindex', 'colspan',
  'controls', 'current', 'describedby', 'details', 'disabled', 'dropeffect', 'errormessage',
  'expanded', 'flowto', 'grabbed', 'haspopup', 'hidden', 'invalid', 'keyshortcuts', 'label',
  'labelledby', 'level', 'live', 'modal', 'multiline', 'multiselectable', 'orientation', 'owns',
  'placeholder', 'posinset', 'pressed', 'readonly', 'relevant', 'required', 'role',
  'roledescription', 'rowcount', 'rowindex', 'rowspan', 'selected', 'setsize', 'sort', 'valuemax',
  'valuemin', 'valuenow', 'valuetext',
])

/** Attributes whose value is a list of ids; the ids carry the prefix of their component. */
export const ID_REFERENCES = Object.freeze([
  'activedescendant', 'controls', 'describedby', 'details', 'errormessage', 'flowto', 'labelledby', 'owns',
])

/** Roles a person operates: the preview puts elements with one of them into the keyboard order. */
export const OPERABLE_ROLES = Object.freeze([
  'button', 'checkbox', 'combobox', 'link', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'option',
  'radio', 'slider', 'spinbutton', 'switch', 'tab', 'treeitem',
])
