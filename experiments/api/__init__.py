"""What `import steepest` offers: functions that run things, and the objects that they return."""
