"""到期: one dated thing of the register, when it lapses, and whether somebody must act now."""
