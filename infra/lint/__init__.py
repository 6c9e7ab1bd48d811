"""Our own rules for cfn-lint, which loads them through .cfnlintrc."""
