"""What users would write instead, each written as its author would write it in earnest."""
