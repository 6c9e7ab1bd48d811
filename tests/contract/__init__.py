"""Rules that an adapter and its fake both keep."""
