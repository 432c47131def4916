"""What happens to an image on purpose."""
