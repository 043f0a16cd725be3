// Holds every dashboard's file against Grafana's types: `npm run check`. Or the files that are named.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const dashboards = join(here, '..', 'dashboards');
const named = process.argv.slice(2).map((path) => resolve(path));
const paths = named.length > 0 ? named : readdirSync(dashboards).map((name) => join(dashboards, name));

// Each file as a literal in a module: of an imported JSON file the compiler keeps `string`, not the text itself.
const modules = new Map(
  paths.map((path) => [
    join(here, `${basename(path)}.ts`),
    `import type { DashboardFile } from './dashboard';\nexport const file = ${readFileSync(path, 'utf8').trimEnd()} satisfies DashboardFile;\n`,
  ]),
);
const options = { strict: true, noEmit: true, module: ts.ModuleKind.Preserve, types: [], skipLibCheck: true };
const host = ts.createCompilerHost(options);
const { fileExists, readFile, getSourceFile } = host;
host.fileExists = (path) => modules.has(path) || fileExists(path);
host.readFile = (path) => modules.get(path) ?? readFile(path);
host.getSourceFile = (path, version, ...rest) =>
  modules.has(path) ? ts.createSourceFile(path, modules.get(path), version) : getSourceFile(path, version, ...rest);

const faults = ts.getPreEmitDiagnostics(ts.createProgram([...modules.keys()], options, host));
console.log(ts.formatDiagnostics(faults, { ...host, getCurrentDirectory: () => here, getNewLine: () => '\n' }));
console.log(`${modules.size} dashboards, ${faults.length} faults`);
process.exit(faults.length > 0 || modules.size === 0 ? 1 : 0);
