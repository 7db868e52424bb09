// Entry of every page: htmx, the bits of Bootstrap in use, and the custom elements. Charts are another file,
// loaded by <dd-chart> when a page has one.
import "htmx.org";
import "bootstrap/js/dist/collapse";
import "bootstrap/js/dist/dropdown";
import "bootstrap/js/dist/offcanvas";
import "./lib/htmx";
import "./lib/shell";
import "./lib/submit";
import "./lib/tips";
import "./elements/answers";
import "./elements/bulk";
import "./elements/chart";
import "./elements/columns";
import "./elements/confirm";
import "./elements/copy";
import "./elements/digest";
import "./elements/draft";
import "./elements/job";
import "./elements/marking";
import "./elements/outline";
import "./elements/picker";
import "./elements/review";
import "./elements/rows";
import "./elements/rule";
import "./elements/tree";
import "./elements/upload";
import "./elements/uploads";
