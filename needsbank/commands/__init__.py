"""What the command line does, once it is asked to: `cli` names the commands, these run them."""
