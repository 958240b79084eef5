"""申请去向: where an application waits first."""
