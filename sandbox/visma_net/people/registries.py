"""Entering, editing and renumbering customers, contacts, items and projects."""

from sandbox.store import Row
from sandbox.system import ActionError, Json
from sandbox.visma_net.company import Company
from sandbox.visma_net.forms import registries as forms
from sandbox.visma_net.people.arguments import body, only, rest, text
from sandbox.visma_net.registries import contacts, customers, items, projects, tasks


class RegistryDesk:
    """The registries. Members of a write are given plain, without wrappers."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def create_customer(self, arguments: Json) -> Json:
        """A new customer: plain members of its POST; class 10 unless given."""
        given = body(forms.CUSTOMER, {"customerClassId": "10", **arguments}, forms.CUSTOMER_REQUIRED)
        return {"customer": customers.shown(self._company, customers.create(self._company, given))}

    def edit_customer(self, arguments: Json) -> Json:
        """Edits a customer: {"number", and plain members of its PUT}."""
        given = body(forms.CUSTOMER, rest(arguments, "number"))
        row = customers.change(self._company, self._customer(arguments), given)
        return {"customer": customers.shown(self._company, row)}

    def renumber_customer(self, arguments: Json) -> Json:
        """Gives a customer another number, which the guide warns of: {"number", "to"}."""
        only(arguments, ("number", "to"))
        row, to = self._customer(arguments), text(arguments, "to")
        if customers.numbered(self._company, to) is not None:
            raise ActionError(f"customer {to} exists")
        made = self._company.change(self._company.customers, row["internalId"], {"number": to})
        return {"customer": customers.shown(self._company, made)}

    def delete_customer(self, arguments: Json) -> Json:
        """Deletes a customer without documents, with its contacts: {"number"}."""
        only(arguments, ("number",))
        row = self._customer(arguments)
        company, key = self._company, row["internalId"]
        if company.invoices.find("customer", key) or company.credit_notes.find("customer", key):
            raise ActionError(f"customer {row['number']} has documents")
        for contact in company.contacts.find("customer", key):
            company.contacts.delete(contact["contactId"])
        for project in company.projects:
            if project["customer"] == key:
                company.change(company.projects, project["internalID"], {"customer": None})
        company.customers.delete(key)
        return {"deleted": row["number"]}

    def create_contact(self, arguments: Json) -> Json:
        """A new contact: plain members of its POST."""
        given = body(forms.CONTACT_PERSON, arguments, forms.CONTACT_REQUIRED)
        return {"contact": contacts.shown(self._company, contacts.create(self._company, given))}

    def edit_contact(self, arguments: Json) -> Json:
        """Edits a contact: {"contactId", and plain members of its PUT}."""
        row = self._company.contacts.get(arguments.get("contactId"))
        if row is None:
            raise ActionError(f"no contact {arguments.get('contactId')!r}")
        given = body(forms.CONTACT_PERSON, rest(arguments, "contactId"))
        return {"contact": contacts.shown(self._company, contacts.change(self._company, row, given))}

    def create_item(self, arguments: Json) -> Json:
        """A new item: plain members of its POST."""
        given = body(forms.ITEM, arguments, forms.ITEM_REQUIRED)
        return {"item": items.shown(self._company, items.create(self._company, given))}

    def edit_item(self, arguments: Json) -> Json:
        """Edits an item: {"number", and plain members of its PUT}."""
        given = body(forms.ITEM, rest(arguments, "number"))
        return {"item": items.shown(self._company, items.change(self._company, self._item(arguments), given))}

    def renumber_item(self, arguments: Json) -> Json:
        """Gives an item another number: {"number", "to"}."""
        only(arguments, ("number", "to"))
        row, to = self._item(arguments), text(arguments, "to")
        if items.coded(self._company, to) is not None:
            raise ActionError(f"item {to} exists")
        made = self._company.change(self._company.items, row["inventoryId"], {"inventoryNumber": to})
        return {"item": items.shown(self._company, made)}

    def create_project(self, arguments: Json) -> Json:
        """A new project: plain members of its POST."""
        given = body(forms.PROJECT, arguments, forms.PROJECT_REQUIRED)
        return {"project": projects.shown(self._company, projects.create(self._company, given))}

    def edit_project(self, arguments: Json) -> Json:
        """Edits a project: {"number", and plain members of its PUT}."""
        given = body(forms.PROJECT, rest(arguments, "number"))
        row = projects.change(self._company, self._project(arguments), given)
        return {"project": projects.shown(self._company, row)}

    def renumber_project(self, arguments: Json) -> Json:
        """Gives a project another number: {"number", "to"}."""
        only(arguments, ("number", "to"))
        row, to = self._project(arguments), text(arguments, "to")
        if projects.of_id(self._company, to) is not None:
            raise ActionError(f"project {to} exists")
        made = self._company.change(self._company.projects, row["internalID"], {"projectID": to})
        return {"project": projects.shown(self._company, made)}

    def delete_project(self, arguments: Json) -> Json:
        """Deletes a project without documents, with its tasks: {"number"}."""
        only(arguments, ("number",))
        row = self._project(arguments)
        company, key = self._company, row["internalID"]
        if company.invoices.find("project", key) or company.credit_notes.find("project", key):
            raise ActionError(f"project {row['projectID']} has documents")
        for task in tasks.of_project(company, row):
            company.tasks.delete(task["internalId"])
        company.projects.delete(key)
        return {"deleted": row["projectID"]}

    def edit_task(self, arguments: Json) -> Json:
        """Edits or enters a task: {"number" of the project, "taskId", and plain members}."""
        project = self._project(arguments)
        given = body(forms.TASK, rest(arguments, "number"), ("taskId",))
        row = tasks.of_id(self._company, project, given["taskId"])
        if row is None:
            return {"task": tasks.shown(tasks.create(self._company, project, given))}
        return {"task": tasks.shown(tasks.change(self._company, row, given))}

    def delete_task(self, arguments: Json) -> Json:
        """Deletes a task, also of the template Z: {"number" of the project, "taskId"}."""
        only(arguments, ("number", "taskId"))
        project, task_id = self._project(arguments), text(arguments, "taskId")
        row = tasks.of_id(self._company, project, task_id)
        if row is None:
            raise ActionError(f"no task {task_id!r}")
        self._company.tasks.delete(row["internalId"])
        return {"deleted": task_id}

    def _customer(self, arguments: Json) -> Row:
        return _needed(customers.numbered(self._company, text(arguments, "number")), "customer", arguments)

    def _item(self, arguments: Json) -> Row:
        return _needed(items.coded(self._company, text(arguments, "number")), "item", arguments)

    def _project(self, arguments: Json) -> Row:
        return _needed(projects.of_id(self._company, text(arguments, "number")), "project", arguments)


def _needed(row: Row | None, what: str, arguments: Json) -> Row:
    if row is None:
        raise ActionError(f"no {what} {arguments.get('number')!r}")
    return row
