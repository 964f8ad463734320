# Empty: column scans are called from Python. Other Cython modules can use the plan in column_plan.pxd.
