# Recipes are made by blueprint.Blueprint; nothing here is for Python code.
