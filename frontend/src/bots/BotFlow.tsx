// How a bot comes to an answer, step by step, as its settings make it.
import { useTranslation } from 'react-i18next'
import type { BotOut } from '../api/types.gen'

export function BotFlow({ bot }: { bot: BotOut }) {
  const { t } = useTranslation()
  const { retrieval } = bot
  const steps = [
    t('bots.flowQuestion'),
    t(retrieval?.live_stations === true ? 'bots.flowRoute' : 'bots.flowDocuments'),
    t('bots.flowSearch'),
    t('bots.flowRank', { count: retrieval?.passages ?? 8 }),
    retrieval?.min_score == null ? t('bots.flowSure') : t('bots.flowSureFrom', { score: retrieval.min_score }),
    bot.provider == null ? t('bots.flowAnswer') : t('bots.flowAnswerBy', { name: bot.provider }),
    t('bots.flowCheck'),
  ]
  return (
    <ol className="flow" aria-label={t('bots.flow')}>
      {steps.map((step) => <li key={step}>{step}</li>)}
    </ol>
  )
}
