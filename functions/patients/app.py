"""The people a user books for."""

from guahao.bootstrap.people.patients import patients
from guahao.contracts.queries import PatientQuery
from guahao.runtime.api import Allow, Answer, Api, Call, created
from schemas import PatientBody, PatientList, PatientView

handler = Api("patients")


@handler.route("POST", "/api/me/patients", allow=Allow.USER, input=PatientBody, answer=PatientView, status=201)
def create(call: Call[PatientBody]) -> Answer:
    """Register a patient; an account accepts each certificate once."""
    patient = patients().create(call.principal, call.input.model_dump())
    return created(f"/api/me/patients/{patient.patient_id}", PatientView.model_validate(patient))


@handler.route("GET", "/api/me/patients", allow=Allow.USER, input=PatientQuery, answer=PatientList)
def find(call: Call[PatientQuery]) -> PatientList:
    """Return the user's own patients; `q` is any part of the name."""
    return PatientList.model_validate(patients().find(call.principal, call.input))


@handler.route("GET", "/api/me/patients/{patientId}", allow=Allow.USER, answer=PatientView)
def read(call: Call[None]) -> PatientView:
    """Return one of the user's own patients."""
    return PatientView.model_validate(patients().get(call.principal, call.path["patientId"]))


@handler.route("PUT", "/api/me/patients/{patientId}", allow=Allow.USER, input=PatientBody, answer=PatientView)
def change(call: Call[PatientBody]) -> PatientView:
    """Replace all details of a patient; the certificate cannot change while the patient has bookings to come."""
    patient = patients().change(call.principal, call.path["patientId"], call.input.model_dump())
    return PatientView.model_validate(patient)


@handler.route("DELETE", "/api/me/patients/{patientId}", allow=Allow.USER, status=204)
def remove(call: Call[None]) -> None:
    """Remove a patient who has no bookings to come."""
    patients().remove(call.principal, call.path["patientId"])
