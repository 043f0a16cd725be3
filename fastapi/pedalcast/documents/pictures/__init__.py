"""Pictures of documents: kept beside their files, shown to whoever may ask the bot."""
