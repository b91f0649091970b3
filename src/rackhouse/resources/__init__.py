"""What can be wanted: ids, references, resources, and one closed union of specs per target.

Vocabulary only: frozen values, no behaviour beyond printing and digesting. Imports nothing of ours
but `kit.errors` and `kit.text`, so that `desired` (which makes these) and `targets` (which obey
them) can both speak it without knowing each other.
"""
