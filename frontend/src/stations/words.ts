// Distances in words.
import { useTranslation } from 'react-i18next'
import { currentLanguage } from '../i18n'

export function useDistanceText(): (metres: number) => string {
  const { t } = useTranslation()
  return (metres) => {
    if (metres < 950) return t('unit.metres', { count: Math.round(metres / 10) * 10 })
    const value = new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: 1 }).format(metres / 1000)
    return t('unit.kilometres', { value })
  }
}
