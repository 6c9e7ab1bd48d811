"""Rules of our own for cfn-lint, which loads them through .cfnlintrc."""
