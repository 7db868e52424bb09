"""The design system: base page, template parts, list and form machinery."""
