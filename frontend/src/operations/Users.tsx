// The accounts: find one, give it a role, ban it.
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getJson, sendJson } from '../api/client'
import { useSession } from '../api/session'
import type { ListedUser, MeOut, UserChangeIn, UsersOut } from '../api/types.gen'
import { useTimes } from '../state/data-age'
import { FailureNotice } from '../ui/Failure'
import { FormOutcome } from '../ui/FormOutcome'

const PAGE = 50

export function Users() {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  const users = useInfiniteQuery({
    queryKey: ['users', query],
    initialPageParam: 0,
    queryFn: ({ pageParam }) => getJson<UsersOut>(`/api/v1/admin/users?${new URLSearchParams({ q: query, limit: String(PAGE), offset: String(pageParam) }).toString()}`),
    getNextPageParam: (last, pages) => (pages.length * PAGE < last.total ? pages.length * PAGE : undefined),
  })
  const rows = users.data?.pages.flatMap((page) => page.data)
  return (
    <section className="stack">
      <label className="search">
        <span className="visually-hidden">{t('app.search')}</span>
        <input type="search" value={query} placeholder={t('operations.findUser')} onChange={(event) => setQuery(event.target.value)} />
      </label>
      {users.isError && <FailureNotice error={users.error} onRetry={() => void users.refetch()} />}
      <p className="hint" role="status">{users.data?.pages[0] && t('operations.accounts', { count: users.data.pages[0].total })}</p>
      {rows?.map((user) => <UserCard key={user.id} user={user} />)}
      {users.hasNextPage && <button type="button" className="button" onClick={() => void users.fetchNextPage()}>{t('app.more')}</button>}
    </section>
  )
}

function UserCard({ user }: { user: ListedUser }) {
  const { t } = useTranslation()
  const times = useTimes()
  const client = useQueryClient()
  const isMe = useSession().user?.id === user.id
  const change = useMutation({
    mutationFn: (body: UserChangeIn) => sendJson<MeOut>('PATCH', `/api/v1/admin/users/${encodeURIComponent(user.id)}`, body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['users'] }),
  })
  const isAdmin = user.role === 'admin'
  const isBanned = user.banned_at !== null
  return (
    <article className="card stack">
      <div className="row between">
        <h2>
          {user.email ?? user.username ?? user.id} {isAdmin && <span className="badge">{t('operations.admin')}</span>} {isBanned && <span className="badge none">{t('operations.banned')}</span>}
        </h2>
        {!isMe && (
          <span className="row">
            <button type="button" className="button small" disabled={change.isPending} onClick={() => change.mutate({ role: isAdmin ? 'member' : 'admin' })}>{t(isAdmin ? 'operations.makeMember' : 'operations.makeAdmin')}</button>
            <button type="button" className="button small danger" disabled={change.isPending} onClick={() => change.mutate({ banned: !isBanned })}>{t(isBanned ? 'operations.unban' : 'operations.ban')}</button>
          </span>
        )}
      </div>
      <p className="hint">{user.username ?? ''} {times.full(user.created_at)}</p>
      <FormOutcome of={change} />
    </article>
  )
}
