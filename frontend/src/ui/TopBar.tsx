// Brand, navigation, language and theme.
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { isAdmin, useSession } from '../api/session'
import { currentLanguage, setLanguage } from '../i18n'
import { setTheme, useTheme, type Theme } from '../state/preferences'
import { useKeptSearch } from '../state/url-state'

const NEXT_THEME: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' }
const THEME_SIGN: Record<Theme, string> = { auto: '◐', light: '☀', dark: '☾' }

export function TopBar() {
  const { t } = useTranslation()
  const session = useSession()
  const kept = useKeptSearch()
  const items = [
    { href: `/${kept}`, at: /^\/(stations.*)?$/, label: t('nav.map') },
    { href: `/going${kept}`, at: /^\/going/, label: t('nav.going') },
    { href: '/ask', at: /^\/(ask|bots)/, label: t('nav.chat') },
    { href: '/board', at: /^\/board/, label: t('nav.board') },
    ...(isAdmin(session) ? [{ href: '/operations', at: /^\/operations/, label: t('nav.operations') }] : []),
    { href: '/account', at: /^\/(account|alerts)/, label: session.state === 'member' ? t('nav.account') : t('nav.signIn') },
  ]
  return (
    <header className="top-bar">
      <Link href="/" className="brand">
        <img src="/icon.svg" alt="" />
        Pedalcast
      </Link>
      <nav className="main-nav" aria-label={t('app.menu')}>
        {items.map((item) => (
          <NavItem key={item.href} {...item} />
        ))}
      </nav>
      <span className="spacer" />
      <LanguageAndTheme />
    </header>
  )
}

function NavItem({ href, at, label }: { href: string; at: RegExp; label: string }) {
  const [location] = useLocation()
  return (
    <Link href={href} aria-current={at.test(location) ? 'page' : undefined}>
      {label}
    </Link>
  )
}

function LanguageAndTheme() {
  const { t } = useTranslation()
  const theme = useTheme()
  const other = currentLanguage() === 'ko' ? 'en' : 'ko'
  return (
    <div className="row">
      <button type="button" className="button quiet small" lang={other} onClick={() => setLanguage(other)}>
        {t('app.language')}
      </button>
      <button
        type="button"
        className="button quiet small"
        aria-label={`${t('theme.label')}: ${t(`theme.${theme}`)}`}
        title={`${t('theme.label')}: ${t(`theme.${theme}`)}`}
        onClick={() => setTheme(NEXT_THEME[theme])}
      >
        <span aria-hidden="true">{THEME_SIGN[theme]}</span>
      </button>
    </div>
  )
}
