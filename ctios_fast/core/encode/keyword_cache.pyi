# Recipes are made by writer.KeywordWriter; nothing here is for Python code.
