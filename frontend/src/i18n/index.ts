// Korean and English. The language is the URL's (`lang`), else the one last chosen, else the browser's.
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import en from './en.json'
import ko from './ko.json'

export const LANGUAGES = ['ko', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

const KEY = 'pedalcast.language'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en }
  }
}

function preferred(): Language {
  const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(KEY) ?? navigator.language
  return asked.startsWith('ko') ? 'ko' : 'en'
}

export const currentLanguage = (): Language => (i18next.language === 'ko' ? 'ko' : 'en')

export function setLanguage(language: Language): void {
  localStorage.setItem(KEY, language)
  void i18next.changeLanguage(language)
}

i18next.on('languageChanged', (language) => (document.documentElement.lang = language))
void i18next.use(initReactI18next).init({
  resources: { en: { translation: en }, ko: { translation: ko } },
  lng: preferred(),
  fallbackLng: 'en',
  interpolation: { escapeValue: false },
})

export default i18next
