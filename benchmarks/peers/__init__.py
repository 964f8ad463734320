"""What users would write or install instead, each written as its author would seriously write it."""
