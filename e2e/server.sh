# The server of the browser stories: a fresh embedded database each time, a rehearsal provider that answers fast. The
# stories receive webhooks on this machine.
set -eu
data=.stemma/stories
rm -rf "$data"
exec env NODE_ENV=production PORT="${STEMMA_E2E_PORT:-3917}" STEMMA_DATA_DIR="$data" REHEARSAL_SPEED=50 DATABASE_URL= STEMMA_WEBHOOKS_INTERNAL=1 node lib/server/main.ts
