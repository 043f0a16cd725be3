// Writes src/api/types.gen.ts from docs/openapi.json; with --check, fails where the committed file differs.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '@hey-api/openapi-ts'

const here = dirname(fileURLToPath(import.meta.url))
const input = process.env.OPENAPI ?? join(here, "..", "..", "docs", "openapi.json")
const committed = join(here, '..', 'src', 'api', 'types.gen.ts')

const output = await mkdtemp(join(tmpdir(), 'api-types-'))
try {
  await createClient({ input, output, plugins: ['@hey-api/typescript'], logs: { level: 'error' } })
  const made = await readFile(join(output, 'types.gen.ts'), 'utf8')
  if (!process.argv.includes('--check')) {
    await writeFile(committed, made)
  } else if (made !== (await readFile(committed, 'utf8'))) {
    console.error('src/api/types.gen.ts is not what docs/openapi.json says: npm run api-types')
    process.exitCode = 1
  }
} finally {
  await rm(output, { recursive: true })
}
