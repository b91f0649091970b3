"""The gateway's vocabulary: frozen values without behaviour that reaches outside."""
