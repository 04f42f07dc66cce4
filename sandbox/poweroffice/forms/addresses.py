"""Address bodies: what a POST or a PATCH may hold (contract openapi.json, `Address*`, `Contact*`)."""

from sandbox.poweroffice.forms.members import model

ADDRESS_PATCH = model(
    "AddressPatchDto",
    strings="AddressLine1 AddressLine2 City CountryCode ZipCode",
    lengths={"AddressLine1": 200, "AddressLine2": 200, "City": 100, "ZipCode": 50},
)

ADDRESS_POST = model(
    "AddressPostDto",
    required="City ZipCode",
    strings="AddressLine1 AddressLine2 City CountryCode ZipCode",
    lengths={"AddressLine1": 200, "AddressLine2": 200, "City": 100, "ZipCode": 50},
)

CONTACT_ADDRESS_PATCH = model(
    "ContactAddressPatchDto",
    strings="AddressLine1 AddressLine2 City CountryCode ExternalCode ZipCode",
    lengths={"AddressLine1": 200, "AddressLine2": 200, "City": 100, "ExternalCode": 50, "ZipCode": 50},
)

CONTACT_ADDRESS_POST = model(
    "ContactAddressPostDto",
    required="City ZipCode",
    strings="AddressLine1 AddressLine2 City CountryCode ExternalCode ZipCode",
    lengths={"AddressLine1": 200, "AddressLine2": 200, "City": 100, "ExternalCode": 50, "ZipCode": 50},
)

CONTACT_DELIVERY_ADDRESS_PATCH = model(
    "ContactDeliveryAddressPatchDto",
    strings="AddressLine1 AddressLine2 City CountryCode ExternalCode ZipCode",
    booleans="IsPrimary",
    lengths={"AddressLine1": 200, "AddressLine2": 200, "City": 100, "ExternalCode": 50, "ZipCode": 50},
)

CONTACT_DELIVERY_ADDRESS_POST = model(
    "ContactDeliveryAddressPostDto",
    required="City ZipCode",
    strings="AddressLine1 AddressLine2 City CountryCode ExternalCode ZipCode",
    booleans="IsPrimary",
    lengths={"AddressLine1": 200, "AddressLine2": 200, "City": 100, "ExternalCode": 50, "ZipCode": 50},
)

CONTACT_PERSON_PATCH = model(
    "ContactPersonPatchDto",
    strings="EmailAddress ExternalCode FirstName LastName PhoneNumber Title",
    booleans="IsActive IsDefault",
    objects={"MailAddress": ADDRESS_PATCH},
    lengths={"ExternalCode": 50},
)

CONTACT_PERSON_POST = model(
    "ContactPersonPostDto",
    required="FirstName LastName",
    strings="EmailAddress ExternalCode FirstName LastName PhoneNumber Title",
    booleans="IsActive IsDefault",
    objects={"MailAddress": ADDRESS_POST},
    lengths={"ExternalCode": 50},
)
