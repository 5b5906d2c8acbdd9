"""One repository a topic: what can be asked of the tables and done to them, in frozen values.

The statements that every turn or change sends are built once, as constants above the class, and executed with
parameters: SQLAlchemy takes several times as long to build a statement, and the key of its compiled form, as to run
one that lives on.
"""
