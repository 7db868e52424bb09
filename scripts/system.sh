#!/usr/bin/env bash
# What the tests need from the system: chromium and Chinese fonts for the browser tests, LibreOffice and poppler to open
# the documents we write. Installs what is missing where it may (root, Debian's package manager); else says so and fails,
# unless BROWSER=skip.
set -euo pipefail

if [ "${BROWSER:-need}" = skip ]; then
    echo "▸ BROWSER=skip: the tests marked e2e and office are left out"
    exit 0
fi

packages=()
command -v chromium >/dev/null || packages+=(chromium)
command -v soffice >/dev/null || packages+=(libreoffice-writer-nogui libreoffice-calc-nogui)
command -v pdftoppm >/dev/null || packages+=(poppler-utils)
if command -v dpkg-query >/dev/null; then
    for name in chromium-l10n fonts-noto-cjk; do
        dpkg-query -W -f '${Status}' $name 2>/dev/null | grep -q 'ok installed' || packages+=($name)
    done
fi
[ ${#packages[@]} -gt 0 ] || exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "▸ system packages: ${packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
    exit 0
fi

cat >&2 <<END

=========================================================================================
The browser and document tests can't run: this machine lacks
    ${packages[*]}
and they can't be installed here (that takes root and apt-get). Install them:
    sudo apt-get install ${packages[*]}
or leave these tests out knowingly:
    make test BROWSER=skip
=========================================================================================

END
exit 1
