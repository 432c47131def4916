"""What several test files share: data, stand-ins and the readings of what they produce."""
