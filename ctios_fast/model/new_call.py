"""A further call that a request makes: what a program may say of it in every such request."""

from typing import Final

from ctios_fast import keywords as kw

from .call_data_fields import SET_DATA, SetDataFields
from .request_rows import Parameter, bounded_text, flag, number, required_text

__all__ = ["NEW_CALL", "NewCallFields"]


class NewCallFields(SetDataFields, total=False):
    """The keywords of a further call."""

    dialed_number: str
    call_placement_type: int
    call_manner_type: int
    call_option: int
    facility_type: int
    priority: bool
    post_route: bool
    facility_code: str
    authorization_code: str
    account_code: str


#: ``NewCallFields`` as rows.
NEW_CALL: Final = (
    Parameter(kw.CTIOS_DIALEDNUMBER, required_text, is_required=True),
    Parameter(kw.CTIOS_CALLPLACEMENTTYPE, number),
    Parameter(kw.CTIOS_CALLMANNERTYPE, number),
    Parameter(kw.CTIOS_CALLOPTION, number),
    Parameter(kw.CTIOS_FACILITYTYPE, number),
    Parameter(kw.CTIOS_PRIORITY, flag),
    Parameter(kw.CTIOS_POSTROUTE, flag),
    *SET_DATA,
    Parameter(kw.CTIOS_FACILITYCODE, bounded_text),
    Parameter(kw.CTIOS_AUTHORIZATIONCODE, bounded_text),
    Parameter(kw.CTIOS_ACCOUNTCODE, bounded_text),
)
