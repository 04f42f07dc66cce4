"""Calls on customers, contacts, items and projects, in the order of the contract's openapi.json."""

from sandbox.visma_net import queries as q
from sandbox.visma_net.forms import registries as forms
from sandbox.visma_net.registries import contacts, customers, items, lists, projects, tasks
from sandbox.visma_net.routing import Route
from sandbox.visma_net.stamps import moment

_CUSTOMER_FILTERS = {
    **q.names(q.text, "name", "status", "corporateId", "vatRegistrationId", "email", "phone", "attributes"),
    **q.names(q.flag, "expandAccountInformation", "expandPaymentMethods"),
    **q.STAMPED,
}
_CONTACT_FILTERS = {
    **q.names(q.text, "displayName", "active", "firstName", "lastName", "businessAccount", "email"),
    **q.CHANGED,
}
_CUSTOMER, _CUSTOMER_ID = "/v1/customer/{customerCd}", "/v1/customer/internal/{internalID}"
CUSTOMERS = (
    Route("GET", "/v1/customer", customers.listed, _CUSTOMER_FILTERS, paged=True),
    Route(
        "POST",
        "/v1/customer",
        customers.posted,
        body=forms.CUSTOMER,
        required=forms.CUSTOMER_REQUIRED,
        takes="json",
    ),
    Route("GET", _CUSTOMER, customers.one),
    Route("PUT", _CUSTOMER, customers.put, body=forms.CUSTOMER, takes="json"),
    Route("GET", _CUSTOMER_ID, customers.one, whole=("internalID",)),
    Route("PUT", _CUSTOMER_ID, customers.put, body=forms.CUSTOMER, takes="json", whole=("internalID",)),
    Route("GET", f"{_CUSTOMER}/note", customers.note),
    Route("GET", f"{_CUSTOMER}/contact", contacts.of_customer, _CONTACT_FILTERS),
    Route("GET", "/v1/customer/customerClass", lists.customer_classes),
    Route("GET", "/v1/customer/customerClass/{customerClassId}", lists.customer_class),
    Route("GET", "/v1/contact", contacts.listed, _CONTACT_FILTERS),
    Route(
        "POST",
        "/v1/contact",
        contacts.posted,
        body=forms.CONTACT_PERSON,
        required=forms.CONTACT_REQUIRED,
        takes="json",
    ),
    Route("GET", "/v1/contact/{contactId}", contacts.one, whole=("contactId",)),
    Route(
        "PUT",
        "/v1/contact/{contactId}",
        contacts.put,
        body=forms.CONTACT_PERSON,
        takes="json",
        whole=("contactId",),
    ),
    Route(
        "GET",
        "/v1/location/{bAccountId}",
        contacts.locations,
        {**q.names(q.text, "locationId", "gln"), **q.STAMPED},
        paged=True,
    ),
)
_ITEM_FILTERS = {
    **q.names(q.text, "inventoryNumber", "attributes", "description", "status"),
    **q.names(q.several, "inventoryTypes"),
    **q.names(
        q.flag, "expandCrossReference", "expandAttachment", "expandAttribute", "expandWarehouseDetail",
        "expandAccountInformation", "expandInventoryUnits", "expandSupplierDetails", "expandSalesCategories",
        "expandNote",
    ),
    **q.STAMPED,
}  # fmt: skip
_ITEM, _ITEM_ID = "/v1/inventory/{inventoryNumber}", "/v1/inventory/internal/{inventoryId}"
ITEMS = (
    Route("GET", "/v1/inventory", items.listed, _ITEM_FILTERS, paged=True),
    Route("POST", "/v1/inventory", items.posted, body=forms.ITEM, required=forms.ITEM_REQUIRED, takes="json"),
    Route("GET", _ITEM, items.one),
    Route("PUT", _ITEM, items.put, body=forms.ITEM, takes="json"),
    Route("GET", _ITEM_ID, items.one, whole=("inventoryId",)),
    Route("PUT", _ITEM_ID, items.put, body=forms.ITEM, takes="json", whole=("inventoryId",)),
    Route("GET", "/v1/inventory/itemClass", lists.item_classes, paged=True),
    Route("GET", "/v1/inventory/itemclass/{itemClassNumber}", lists.item_class),
)
_PROJECT_FILTERS = {
    **q.names(q.text, "status", "attributes", "publicId", "branch"),
    **q.names(moment, "startDate"),
    **q.names(q.flag, "systemTemplate", "expandAttribute", "nonProject", "onHold"),
    **q.STAMPED,
}
_BASIC_FILTERS = {
    **q.names(q.text, "status", "description", "projectId", "projectIdDesc", "publicId"),
    **q.names(moment, "startDate"),
    **q.names(q.flag, "nonProject"),
    **q.STAMPED,
}
_TASK_FILTERS = {
    **q.names(q.text, "projectId", "publicId", "description", "taskCd", "taskCdDesc", "status"),
    **q.names(q.integer, "projectInternalId"),
    **q.names(q.flag, "expandAttribute"),
    **q.STAMPED,
}
_PROJECT, _PROJECT_ID = "/v1/project/{projectID}", "/v1/project/internal/{internalID}"
_TASK = "/v1/projecttask/{internalId}"
PROJECTS = (
    Route("GET", "/v1/project", projects.listed, _PROJECT_FILTERS, paged=True),
    Route("POST", "/v1/project", projects.posted, body=forms.PROJECT, required=forms.PROJECT_REQUIRED, takes="json"),
    Route("GET", _PROJECT, projects.one),
    Route("PUT", _PROJECT, projects.put, body=forms.PROJECT, takes="json"),
    Route("GET", _PROJECT_ID, projects.one, whole=("internalID",)),
    Route("PUT", _PROJECT_ID, projects.put, body=forms.PROJECT, takes="json", whole=("internalID",)),
    Route("GET", "/v1/projectbasic", projects.listed_basic, _BASIC_FILTERS, paged=True),
    Route("GET", "/v1/projecttask", tasks.listed, _TASK_FILTERS, paged=True),
    Route("GET", _TASK, tasks.one, whole=("internalId",)),
    Route(
        "POST",
        _TASK,
        tasks.posted,
        body=forms.TASK,
        required=forms.TASK_REQUIRED,
        takes="json",
        whole=("internalId",),
    ),
    Route("PUT", _TASK, tasks.put, body=forms.TASK, takes="json", whole=("internalId",)),
)
REGISTRIES = (*CUSTOMERS, *ITEMS, *PROJECTS)
