"""What tables must hold and how exports map onto them: contracts, layouts, their loading and binding."""
