// A bot's workflow: drawn, edited as JSON, and tried with a question before it is saved.
import '../../styles/workflow.css'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, getJson, sendJson } from '../../api/client'
import type { DryRunOut, WorkflowExamplesOut, WorkflowOut } from '../../api/types.gen'
import { Failure, FailureNotice } from '../../ui/Failure'
import { FormOutcome } from '../../ui/FormOutcome'
import type { BotPartProps } from '../BotView'
import { lineOfMember, syntaxProblem, type LineProblem } from '../json-lines'
import { JsonText, type JsonTextHandle } from '../JsonText'
import { drawableGraph, pathOfNode } from './graph'
import { TestRun } from './TestRun'
import { WorkflowDrawing, type Visit } from './WorkflowDrawing'

const asText = (graph: unknown): string => JSON.stringify(graph, null, 2)

export default function WorkflowEditor({ bot, onChanged }: BotPartProps) {
  const { t } = useTranslation()
  const path = `/api/v1/bots/${encodeURIComponent(bot.id)}/workflow`
  const workflow = useQuery({ queryKey: ['bot-workflow', bot.id, bot.version], queryFn: () => getJson<WorkflowOut>(`${path}?which=draft`) })
  if (workflow.isError) return <FailureNotice error={workflow.error} onRetry={() => void workflow.refetch()} />
  if (!workflow.data) return <p>{t('app.loading')}</p>
  return (
    <Failure>
      <Editor key={`${String(bot.version)} ${workflow.data.origin}`} path={path} saved={workflow.data} onChanged={async () => void (await Promise.all([onChanged(), workflow.refetch()]))} />
    </Failure>
  )
}

function Editor({ path, saved, onChanged }: { path: string; saved: WorkflowOut; onChanged: () => Promise<void> }) {
  const { t } = useTranslation()
  const [text, setText] = useState(() => asText(saved.graph))
  const [run, setRun] = useState<DryRunOut | null>(null)
  const field = useRef<JsonTextHandle>(null)
  const save = useMutation({ mutationFn: () => sendJson<WorkflowOut>('PUT', path, JSON.parse(text)), onSuccess: onChanged })
  const reset = useMutation({ mutationFn: () => sendJson('DELETE', path), onSuccess: onChanged })
  const dryRun = useMutation({ mutationFn: (question: string) => sendJson<DryRunOut>('POST', `${path}/run`, { question, graph: JSON.parse(text) as unknown }), onSuccess: setRun })
  const change = (value: string): void => {
    setText(value)
    setRun(null)
    save.reset()
    dryRun.reset()
  }
  const syntax = useMemo(() => syntaxProblem(text), [text])
  const refused = refusedPlaces(save.error ?? dryRun.error)
  const problems = syntax === null ? refused.map((place) => problemAt(place, text)) : [syntax]
  const graph = useMemo(() => drawableGraph(text), [text])
  const visits = useMemo(() => visitsOf(run), [run])
  return (
    <section className="stack">
      <p className="hint">{t(saved.origin === 'default' ? 'workflow.isDefault' : 'workflow.isOwn')}</p>
      {graph === null ? (
        <p className="notice warning">{t('workflow.notDrawn')}</p>
      ) : (
        <WorkflowDrawing
          graph={graph}
          faulty={new Set(refused.flatMap(({ node }) => node ?? []))}
          visits={visits}
          onChoose={(id) => field.current?.goTo(lineOfMember(text, pathOfNode(text, id, 'id')))}
        />
      )}
      <TestRun isDisabled={syntax !== null} isBusy={dryRun.isPending} run={run} onRun={(message) => dryRun.mutate(message)} />
      {refused.length === 0 && <FormOutcome of={dryRun} />}
      <form
        className="card form"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Examples onChoose={change} />
        <JsonText ref={field} label={t('workflow.json')} value={text} problems={problems} onChange={change} />
        {problems.length === 0 && <FormOutcome of={save} done={t('bots.savedDraft')} />}
        <FormOutcome of={reset} />
        <div className="row">
          <button type="submit" className="button primary" disabled={syntax !== null || save.isPending}>{t('bots.saveDraft')}</button>
          {saved.origin === 'own' && <button type="button" className="button" disabled={reset.isPending} onClick={() => reset.mutate()}>{t('workflow.reset')}</button>}
        </div>
      </form>
    </section>
  )
}

function Examples({ onChoose }: { onChoose: (text: string) => void }) {
  const { t } = useTranslation()
  const examples = useQuery({ queryKey: ['workflow-examples'], staleTime: Infinity, queryFn: () => getJson<WorkflowExamplesOut>('/api/v1/workflows/examples') })
  const graphs = new Map<string, unknown>(Object.entries(examples.data?.data ?? {}))
  if (graphs.size === 0) return null
  return (
    <label className="field">
      {t('workflow.examples')}
      <select
        value=""
        onChange={(event) => {
          if (graphs.has(event.target.value)) onChoose(asText(graphs.get(event.target.value)))
        }}
      >
        <option value="">{t('workflow.chooseExample')}</option>
        {[...graphs.keys()].map((name) => <option key={name} value={name}>{name}</option>)}
      </select>
    </label>
  )
}

interface NodePlace {
  node?: string | null
  field?: string | null
  message: string
}

const refusedPlaces = (error: unknown): readonly NodePlace[] => (error instanceof ApiError ? error.places : [])

function problemAt({ node = null, field = null, message }: NodePlace, text: string): LineProblem {
  const name = [node, field].filter((part) => part !== null).join('.')
  return { line: lineOfMember(text, pathOfNode(text, node, field)), message: name === '' ? message : `${name}: ${message}` }
}

function visitsOf(run: DryRunOut | null): Map<string, Visit> {
  return new Map(run?.trace.map(({ node, milliseconds, next }, index) => [node, { order: index + 1, milliseconds: Math.round(milliseconds), next }]))
}
