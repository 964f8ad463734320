# Columns are made through Python; what other Cython code can share is the plan in column_plan.pxd.
