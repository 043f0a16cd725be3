// Who answers, where there is more than one who can.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { getJson, sendJson } from '../api/client'
import { useSession } from '../api/session'
import type { ProvidersOut } from '../api/types.gen'

const PATH = '/api/v1/triple/providers'

export function Provider() {
  const { t, i18n } = useTranslation()
  const { state } = useSession()
  const client = useQueryClient()
  const list = useQuery({ queryKey: ['providers', state], enabled: state !== 'unknown', queryFn: () => getJson<ProvidersOut>(PATH), staleTime: Infinity })
  const choose = useMutation({
    mutationFn: (provider: string) => sendJson<ProvidersOut>('PUT', PATH, { provider }, 'guest'),
    onSettled: () => client.invalidateQueries({ queryKey: ['providers'] }),
  })
  const providers = list.data?.providers ?? []
  if (providers.length < 2) return null
  const nameOf = (name: string): string => (i18n.exists(`provider.${name}`) ? t(`provider.${name}` as 'provider.extractive') : name)
  return (
    <label className="field">
      {t('chat.provider')}
      <select value={choose.variables ?? list.data?.current} onChange={(event) => choose.mutate(event.target.value)}>
        {providers.map(({ name, model }) => <option key={name} value={name}>{model === null ? nameOf(name) : `${nameOf(name)} (${model})`}</option>)}
      </select>
    </label>
  )
}
