"""The application under load, behind the platform's door."""

from bench.wsgi import application as pages
from dudao.core.door import Door

application = Door(pages)
