"""What granian serves: the pages, behind a door that waits for slow lines."""

from dudao.core.door import Door
from dudao.wsgi import application as pages

application = Door(pages)
