// What stands in a form, as autosaves and drafts see it.
export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** The fields that a person fills in; files and buttons are none. */
export function fieldsOf(form: HTMLFormElement): Field[] {
  return Array.from(form.elements).filter(
    (node): node is Field =>
      (node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement || node instanceof HTMLSelectElement) &&
      node.name !== "" && !["hidden", "password", "file", "submit", "button"].includes(node.type),
  );
}

/** Values by name, of a group of radio buttons the chosen one, «» for none; or those that the page came with. */
export function valuesOf(form: HTMLFormElement, original = false): Map<string, string> {
  const found = new Map<string, string>();
  for (const field of fieldsOf(form)) {
    if (field instanceof HTMLInputElement && field.type === "radio") {
      if (original ? field.defaultChecked : field.checked) found.set(field.name, field.value);
      else if (!found.has(field.name)) found.set(field.name, "");
    } else if (field instanceof HTMLSelectElement) {
      const chosen = original ? (Array.from(field.options).find((option) => option.defaultSelected) ?? field.options[0]) : field;
      found.set(field.name, chosen?.value ?? "");
    } else found.set(field.name, original ? field.defaultValue : field.value);
  }
  return found;
}

export function setValue(form: HTMLFormElement, name: string, value: string): void {
  for (const field of fieldsOf(form)) {
    if (field.name !== name) continue;
    if (field instanceof HTMLInputElement && field.type === "radio") field.checked = field.value === value;
    else field.value = value;
    field.dispatchEvent(new CustomEvent("dd:filled", { bubbles: true }));
  }
}

export function hiddenOf(form: HTMLFormElement): Map<string, HTMLInputElement> {
  return new Map(Array.from(form.querySelectorAll<HTMLInputElement>("input[type=hidden]"), (field) => [field.name, field]));
}
