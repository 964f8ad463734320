# Recipes are made by construct.Blueprint; nothing here is for Python code.
