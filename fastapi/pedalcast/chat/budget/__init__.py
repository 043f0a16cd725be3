"""How much of the language model an asker, a bot and the whole deployment may use in a day, and what it costs."""
