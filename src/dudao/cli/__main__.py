import sys

from dudao.cli.main import main

sys.exit(main())
