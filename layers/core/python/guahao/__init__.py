"""guahao: an outpatient appointment platform (预约挂号)."""
